#pragma once

// The only include of Catch2, so that moving to version 3 is one line.

#include <catch2/catch.hpp>
