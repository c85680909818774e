# A private PostgreSQL 15 in a temporary folder, for tests and benchmarks: start_postgres, stop_postgres.
# Sourced by bash. After start_postgres LINDUNG_TEST_POSTGRES holds the connection string of a superuser.

postgres_bin=/usr/lib/postgresql/15/bin
postgres_dir=
postgres_pid=

# Runs a command as a user that PostgreSQL accepts: itself refuses root. setpriv also lets the server die with us, however
# we die.
as_postgres() {
  if ((EUID == 0)); then
    exec setpriv --reuid=postgres --regid=postgres --init-groups --pdeathsig INT -- "$@"
  else
    exec setpriv --pdeathsig INT -- "$@"
  fi
}

start_postgres() {
  if [[ ! -x $postgres_bin/postgres ]]; then
    echo "PostgreSQL 15 is not installed in $postgres_bin" >&2
    return 1
  fi
  # A socket's path has to be short, and user postgres must be able to reach it.
  postgres_dir=$(mktemp -d /tmp/lindung-pg.XXXXXX) || return
  if ((EUID == 0)); then chown postgres:postgres "$postgres_dir"; fi
  local log=$postgres_dir/log data=$postgres_dir/data options=()
  # Durability is part of what is tested, so fsync stays real unless someone asks for speed.
  if [[ -n ${LINDUNG_TEST_FAST:-} ]]; then options+=(-c fsync=off -c synchronous_commit=off); fi

  if ! (cd / && as_postgres "$postgres_bin/initdb" -D "$data" -U lindung --auth=trust --encoding=UTF8 --locale=C) \
      >"$log" 2>&1; then
    cat "$log" >&2
    stop_postgres
    return 1
  fi

  local attempt port
  for attempt in 1 2 3 4 5 6 7 8; do
    port=$((20000 + RANDOM % 10000))
    (cd / && as_postgres "$postgres_bin/postgres" -D "$data" -k "$postgres_dir" -p "$port" \
      -c listen_addresses=127.0.0.1 -c max_connections=200 "${options[@]}") >>"$log" 2>&1 </dev/null &
    postgres_pid=$!
    # A port that is taken ends the server at once: then another one is tried. Asked over the private socket, so that
    # the server that has the port is never mistaken for ours.
    while kill -0 "$postgres_pid" 2>/dev/null; do
      if "$postgres_bin/psql" -h "$postgres_dir" -p "$port" -U lindung -d postgres -qXc 'CREATE DATABASE lindung' \
          >/dev/null 2>&1; then
        export LINDUNG_TEST_POSTGRES="host=127.0.0.1 port=$port dbname=lindung user=lindung"
        export LINDUNG_TEST_POSTGRES_SOCKET=$postgres_dir
        return 0
      fi
      sleep 0.1
    done
    wait "$postgres_pid" 2>/dev/null
    postgres_pid=
  done
  echo "PostgreSQL did not start after $attempt attempts:" >&2
  cat "$log" >&2
  stop_postgres
  return 1
}

stop_postgres() {
  unset LINDUNG_TEST_POSTGRES LINDUNG_TEST_POSTGRES_SOCKET
  if [[ -n $postgres_pid ]]; then
    kill -INT "$postgres_pid" 2>/dev/null
    wait "$postgres_pid" 2>/dev/null
    postgres_pid=
  fi
  if [[ -n $postgres_dir ]]; then
    rm -rf "$postgres_dir"
    postgres_dir=
  fi
  return 0
}
