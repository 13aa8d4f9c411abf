# Apache Kafka's jars from Maven, pinned by version. Sourced by deploy/install.

kafka_version=4.1.0
kafka_home=$cache/kafka-$kafka_version

kafka_present() { [ -e "$kafka_home/libs/kafka-clients-$kafka_version.jar" ]; }

kafka_wanted() { [ "$1" != build ] && ! kafka_present; }

install_kafka() { step "Fetching Apache Kafka $kafka_version" fetch_kafka; }

fetch_kafka() {
  rm -rf "$kafka_home.new"
  mkdir -p "$kafka_home.new"
  cat > "$kafka_home.new/pom.xml" << POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tallymill</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_version</version>
  </dependency></dependencies>
</project>
POM
  mvn --batch-mode -f "$kafka_home.new/pom.xml" dependency:copy-dependencies \
    -DoutputDirectory="$kafka_home.new/libs"
  rm -rf "$kafka_home"
  mv "$kafka_home.new" "$kafka_home"
}
