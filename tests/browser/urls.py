"""The product's addresses and the style guide."""

from __future__ import annotations

from django.urls import include, path

from makegood.site import urls as product

handler404 = product.handler404
handler500 = product.handler500
urlpatterns = [path("design/", include("makegood.web.parts.gallery")), *product.urlpatterns]
