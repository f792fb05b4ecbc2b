"""Inference: what the data can and can't tell. Calibration, frozen forecasts, and what explains a change."""
