"""What the commands that compute do; loaded when asked for, so that help need not wait for the compiler."""
