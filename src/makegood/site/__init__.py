"""Assembles the product for Django: settings, addresses and the server's entry point."""
