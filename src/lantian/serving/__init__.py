"""The system that runs: web, gateway and worker in one process group, with one schedule and one health."""
