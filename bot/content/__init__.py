"""The only place that knows YAML: reads a bank's files, checks them, and says what is wrong and where."""
