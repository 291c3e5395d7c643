"""The commands of whoever runs the service: make a folder, check it, run it, see how it stands, migrate."""
