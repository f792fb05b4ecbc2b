"""Many runs of some scenarios: made, compared, varied, written and read back."""
