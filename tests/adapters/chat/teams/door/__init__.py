"""Teams' deliveries are looked at before they are heard."""
