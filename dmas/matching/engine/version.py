"""The version of the rules and the method, stored with every run so that an old answer can be explained."""

ENGINE_VERSION: str = "1.1"
