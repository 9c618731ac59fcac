"""Where delivered files come from besides the inbox: HTTP(S), SFTP, and a view of another database.

Each kind has one module with ``fetch(spec, errand)``: it yields the files that are new, whole, each with the mark that
is kept once the file was taken in.
"""
