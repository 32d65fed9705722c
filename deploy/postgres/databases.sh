#!/usr/bin/env bash
# First start of PostgreSQL: a database a service, each with an owner who can enter no other.
set -euo pipefail
for service in identidad casos agenda notificaciones reportes; do
  password=$(cat "/run/secrets/postgres_$service")
  psql -v ON_ERROR_STOP=1 -v service="$service" -v password="$password" \
    -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service" TEMPLATE template0 ENCODING 'UTF8';
REVOKE CONNECT, TEMPORARY ON DATABASE :"service" FROM PUBLIC;
SQL
done
