"""A small order book: keep orders, price them, hand them on."""
