"""The built-in middlewares; they import only what a third party's may."""
