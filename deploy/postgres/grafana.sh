#!/bin/sh
# Makes the role with which dashboards read tables: whoever sees a dashboard can send any statement with it.
# It reads tables of the schema public that are made from now on, and neither dead letters nor anything else
# of the schema tallymill. The image of Postgres runs this when its cluster is new.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "${POSTGRES_DB:-$POSTGRES_USER}" \
  --set password="$GRAFANA_POSTGRES_PASSWORD" << 'SQL'
CREATE ROLE grafana LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '10s';
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO grafana;
SQL
