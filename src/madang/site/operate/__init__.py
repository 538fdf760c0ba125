"""What the operator sees of a running city: logs, faults with a code, health, metrics, traces."""
