#pragma once

#include <string>
#include <vector>

#include "random.h"

namespace tallymill::generate {

// Returns a random UUID (version 4) in its usual text form, 36 characters.
std::string make_uuid(Random& random);

std::vector<std::string> make_uuids(Random& random, std::size_t count);

}  // namespace tallymill::generate
