"""Each chat product is put together with the rest, where it is switched on."""
