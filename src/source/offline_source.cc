#include "source/offline_source.h"

namespace tallymill {
namespace {

Error no_cluster() {
  return {Reaction::stop, "no_cluster", "a kept record belongs to no cluster that could be asked"};
}

}  // namespace

Result<std::vector<TopicInfo>> OfflineSource::describe(const std::vector<std::string>& /*topics*/,
                                                       Duration /*timeout*/) {
  return no_cluster();
}

Result<std::vector<std::string>> OfflineSource::list_topics(Duration /*timeout*/) { return no_cluster(); }

Result<std::vector<TopicId>> OfflineSource::topic_ids(const std::vector<std::string>& /*topics*/,
                                                      Duration /*timeout*/) {
  return no_cluster();
}

Result<std::vector<Offset>> OfflineSource::resolve(const TopicInfo& /*topic*/,
                                                   StartPosition /*start*/, Duration /*timeout*/) {
  return no_cluster();
}

}  // namespace tallymill
