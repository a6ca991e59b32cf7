"""Forms that check the shape of what people send; the verbs check its meaning."""
