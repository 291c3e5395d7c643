"""The judgements, one question a module: pure functions of what they are given, which never look anything up."""
