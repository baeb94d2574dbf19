"""Who is away lets somebody else decide in their stead."""
