# librdkafka: the system's own where it is new enough, else built from the source that an npm package
# carries, pinned by version and checksum. Sourced by deploy/install.

librdkafka_version=2.15.1
librdkafka_floor=2.13.2
# One more when what is done to the source changes.
librdkafka_home=$cache/librdkafka-$librdkafka_version-2
librdkafka_package=@confluentinc/kafka-javascript@1.10.1
librdkafka_checksum="sha512-KVePUBn21EqCVP9mfxzEuM3SYJHHEF7X+iiC2e43QQgDSyEaksInmCGooT3w5q+cNAdkSCrK71j0ICfqoSqZLw=="

librdkafka_present() {
  [ -e "$librdkafka_home/lib/pkgconfig/rdkafka.pc" ] ||
    pkg-config --atleast-version=$librdkafka_floor rdkafka 2> /dev/null
}

install_librdkafka() {
  local scratch=$cache/librdkafka.build
  rm -rf "$scratch"
  mkdir -p "$scratch"
  step "Fetching librdkafka's source" fetch_librdkafka "$scratch"
  step "Building librdkafka" build_librdkafka "$scratch"
  rm -rf "$scratch"
}

fetch_librdkafka() {
  cd "$1"
  npm pack --silent "$librdkafka_package"
  local checksum
  checksum=sha512-$(openssl dgst -sha512 -binary ./*.tgz | base64 -w 0)
  [ "$checksum" = "$librdkafka_checksum" ] || { echo "wrong checksum: $checksum"; return 1; }
  tar xzf ./*.tgz package/deps/librdkafka
}

# Up to 2.15.1 an answer to DescribeTopics that is an error as a whole ends the process: its parser gives
# back the buffer's error, which is none, where it has one of its own.
mend_librdkafka() {
  local parser='/^rd_kafka_DescribeTopicsResponse_parse/,/^}/'
  sed -i "${parser}s/return reply->rkbuf_err;/return err ? err : reply->rkbuf_err;/" src/rdkafka_admin.c
  [ "$(grep -c 'return err ? err : reply->rkbuf_err;' src/rdkafka_admin.c)" = 1 ]
}

build_librdkafka() {
  cd "$1/package/deps/librdkafka"
  mend_librdkafka
  # Threads of pthreads and not of C11: thread sanitizers know only those.
  ./configure --prefix="$librdkafka_home.new" --enable-static --disable-lz4-ext --disable-c11threads \
    --enable-ssl --enable-sasl --enable-zstd --enable-curl
  # Nothing but the C library. Compiled anew only where neither this machine nor an image's build has.
  CCACHE_NOHASHDIR=1 make -j"$(nproc)" LIBSUBDIRS=src CC="ccache gcc" libs
  make -C src install
  # Whole or not at all: an interrupted build leaves nothing that looks finished.
  sed -i "s|$librdkafka_home.new|$librdkafka_home|g" "$librdkafka_home.new"/lib/pkgconfig/*.pc
  rm -rf "$librdkafka_home"
  mv "$librdkafka_home.new" "$librdkafka_home"
}
