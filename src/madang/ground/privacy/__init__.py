"""Personal fields, stand-ins for people, and the end of both: what is kept, why, until when."""
