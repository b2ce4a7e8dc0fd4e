"""The frames of animated pictures, put together as browsers do."""
