: 'refund-inbox: stops PostgreSQL should the service die'
# $1: the data directory; the rest: the program, which is given -D and its data directory too.
# Standard input: a pipe the service holds. Standard output: server.lock. Standard error: the log.
data=$1; shift
exec 3<&0
( (
    trap '' HUP INT TERM
    # A line: the program has ended, all is well. The end of the pipe: the service is dead.
    if read -r _ <&3; then exit 0; fi
    kill -s INT $$ 2>/dev/null
    exec >&2
    seconds=0
    while [ $seconds -lt 60 ]; do
        sleep 1
        seconds=$((seconds + 1))
        kill -s 0 $$ 2>/dev/null || exit 0
        # The number may be somebody else's by now, unless the server still claims it.
        { read -r claimed <"$data/postmaster.pid"; } 2>/dev/null || continue
        [ "$claimed" = $$ ] || exit 0
        if [ $seconds -lt 30 ]; then kill -s INT $$; else kill -s QUIT $$; fi
    done
) & )
exec "$@" <&1 >&2 3<&-
