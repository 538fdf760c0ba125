"""What all blocks stand on: block declarations, city, identity, privacy, events, jobs."""
