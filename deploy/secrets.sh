#!/bin/sh
# Makes the secrets of compose.yaml, once: what is there stays as it is. Keep a copy elsewhere: without them the data is lost.
# compose.yaml이 쓰는 비밀 값을 만듭니다. 이미 있는 것은 그대로 둡니다. 잃으면 데이터도 잃으니 따로 보관하십시오.
set -eu
folder=${1:-secrets}
mkdir -p "$folder"
chmod 700 "$folder"

make() {
    [ -s "$folder/$1" ] && return
    head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' > "$folder/$1"
    echo "made $folder/$1"
}

umask 077
for name in database_password valkey_password encryption_key pepper metrics_token; do
    make "$name"
done
if [ ! -s "$folder/valkey.conf" ]; then
    printf 'bind * -::*\nport 6379\nsave ""\nappendonly no\nmaxmemory 48mb\nmaxmemory-policy noeviction\nrequirepass %s\n' \
        "$(cat "$folder/valkey_password")" > "$folder/valkey.conf"
fi
# Compose mounts these files as they are, and each container runs as a user of its own: the closed folder keeps others out.
chmod 444 "$folder"/*
