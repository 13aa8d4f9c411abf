#pragma once

// The record that the examples of functions and operators are evaluated on: the reference shows it, and a
// test evaluates them.

#include <array>
#include <string_view>

#include "model/value.h"

namespace tallymill::expression {

struct SampleField {
  std::string_view path;
  Type type;
  bool optional = false;
};

inline constexpr std::array<SampleField, 16> sample_fields = {{
    {"ad_id", Type::string},
    {"city", Type::string},
    {"client.port", Type::int64},
    {"cost", Type::decimal},
    {"country", Type::string, true},
    {"created_at", Type::timestamp},
    {"currency", Type::string},
    {"email", Type::string, true},
    {"host", Type::string},
    {"latency_ms", Type::int64},
    {"message", Type::string},
    {"path", Type::string},
    {"price_text", Type::string},
    {"quantity", Type::int64},
    {"status_text", Type::string},
    {"user_agent", Type::string},
}};

inline constexpr std::string_view sample_record =
    R"({"ad_id": "7", "city": "KÖLN", "client": {"port": 443}, "cost": 0.75, "country": null,
 "created_at": "2026-01-31T12:00:00Z", "currency": "eur", "email": "ann@example.com",
 "host": "db.example.com", "latency_ms": 250, "message": "read timeout", "path": "/api/v1/items",
 "price_text": "2.25", "quantity": 3, "status_text": "503", "user_agent": "curl/8.5.0"})";

// The lookup `ads`, as CSV; its key is ad_id.
inline constexpr std::string_view sample_lookup = "ad_id,campaign\n7,spring\n8,autumn\n";

}  // namespace tallymill::expression
