"""Who may decide in somebody's stead, and what may be delegated at all?"""
