"""The product for programs: JSON over HTTP, described by OpenAPI; the same actions and reports as the pages."""
