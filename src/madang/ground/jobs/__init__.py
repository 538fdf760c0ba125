"""Work for later, on the same PostgreSQL: procrastinate, seen only from here."""
