"""Messages to many at once, from a file: looked at whole, confirmed, then asked for one by one."""
