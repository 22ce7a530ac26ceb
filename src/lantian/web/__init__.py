"""The door for people: pages for a browser and the versioned API. It asks rooms, and keeps nothing itself."""
