"""May this project in, and by which clause?"""
