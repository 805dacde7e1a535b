: 'stops PostgreSQL when the process that owns it dies'
# $1: the data directory; the rest: the program with its arguments, among them -D and the directory.
# Standard input: a pipe that the owner holds. Standard output: server.lock. Standard error: the
# log.
data=$1; shift
exec 3<&0
( (
    trap '' HUP INT TERM
    # A line means that the program has ended. The end of the pipe means that the owner has died.
    if read -r _ <&3; then exit 0; fi
    kill -s INT $$ 2>/dev/null
    exec >&2
    seconds=0
    while [ $seconds -lt 60 ]; do
        sleep 1
        seconds=$((seconds + 1))
        kill -s 0 $$ 2>/dev/null || exit 0
        # Another process may have the id by now, unless the server still claims it.
        { read -r claimed <"$data/postmaster.pid"; } 2>/dev/null || continue
        [ "$claimed" = $$ ] || exit 0
        if [ $seconds -lt 30 ]; then kill -s INT $$; else kill -s QUIT $$; fi
    done
) & )
exec "$@" <&1 >&2 3<&-
