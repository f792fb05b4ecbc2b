"""The paper trail: how the model is built, what it assumes, what was decided, and which test shows what."""
