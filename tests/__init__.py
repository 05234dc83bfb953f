"""Tests of the product; the tree mirrors the packages."""
