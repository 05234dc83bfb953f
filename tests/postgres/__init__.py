"""Tests of finding, running and provisioning PostgreSQL."""
