"""What happened, told once to everyone who asked: frozen events, a transactional outbox,
delivery at least once to handlers whose effects happen exactly once."""
