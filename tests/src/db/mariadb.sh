#!/bin/sh
# A private MariaDB for tests: no network, no passwords, nothing kept.
#   mariadb.sh template FOLDER           makes an empty data folder
#   mariadb.sh serve FOLDER [TEMPLATE]   runs a server on FOLDER/socket until standard input ends, then removes FOLDER
#   mariadb.sh again FOLDER [TEMPLATE]   the same, but FOLDER stays, and what is in it is used
# Standard input is a pipe from the test process: the system closes it however that process ends, kill -9 too.
set -u
PATH=$PATH:/usr/sbin:/usr/local/sbin
# The server refuses to run as root unless told to.
user=
[ "$(id -u)" = 0 ] && user=--user=root

template() {
    mariadb-install-db --no-defaults $user --datadir="$1" --innodb-log-file-size=8M --skip-test-db \
        --auth-root-authentication-method=normal >/dev/null
}

# serve FOLDER [TEMPLATE]: until standard input ends.
serve() {
    trap '' INT TERM HUP
    [ -d "$1/data" ] || if [ -n "${2:-}" ]; then cp -a "$2" "$1/data"; else template "$1/data"; fi || exit 1
    mariadbd --no-defaults $user --datadir="$1/data" --socket="$1/socket" --pid-file="$1/pid" \
        --skip-networking --skip-grant-tables --skip-name-resolve --max-connections=1000 \
        --character-set-server=utf8mb4 --collation-server=utf8mb4_bin --performance-schema=OFF \
        --innodb-log-file-size=8M --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=1 \
        --innodb-flush-method=nosync --innodb-doublewrite=0 --innodb-use-native-aio=0 \
        </dev/null >>"$1/log" 2>&1 &
    server=$!
    cat >/dev/null
    kill -9 $server
    wait $server 2>/dev/null
}

case $1 in
template) template "$2" ;;
serve)
    trap 'rm -rf "$2"' EXIT
    serve "$2" "${3:-}"
    ;;
again) serve "$2" "${3:-}" ;;
esac
