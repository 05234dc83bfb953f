"""Tests of the product's commands."""
