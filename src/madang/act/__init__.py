"""Act: money and work move. Blocks come with later changes (vouchers, services, safety)."""
