#include "daemon/instance_json.h"

namespace tallymill {

void write_instance(JsonWriter& json, const InstanceReport& instance) {
  json.begin_object();
  json.key("instance").string(instance.instance);
  json.key("state").string(told_state(instance.state, instance.seen_ago));
  json.key("holds_lease").boolean(instance.holds_lease);
  json.key("seen_ms_ago").number(instance.seen_ago.count());
  json.key("version").string(instance.version);
  json.key("same_revision");
  instance.same_revision ? json.boolean(*instance.same_revision) : json.null();
  json.end_object();
}

}  // namespace tallymill
