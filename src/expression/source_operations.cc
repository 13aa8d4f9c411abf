// Operations that bring a value of the record: fields, derives, metadata, lookups.

#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "expression/operation.h"
#include "expression/program_root.h"
#include "expression/utf8.h"
#include "model/reason.h"

namespace tallymill::expression {

class FieldOperation final : public Operation {
 public:
  explicit FieldOperation(std::size_t index) : index_(index) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    result = context.fields[index_];
    return Outcome::ok;
  }
  [[nodiscard]] const std::size_t* field() const override { return &index_; }

 private:
  std::size_t index_;
};

// Runs the derive at its first use in a record; what it came to serves all further ones.
class DeriveOperation final : public Operation {
 public:
  explicit DeriveOperation(std::size_t index) : index_(index) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    EvaluationContext::Derived& derived = context.derived[index_];
    if (!derived.evaluated) {
      derived.outcome = context.derives[index_].compiled_->root->run(context, derived.value);
      derived.failure = context.failure;
      derived.evaluated = true;
    }
    if (derived.outcome == Outcome::ok) [[likely]] {
      result = derived.value;
    } else {
      context.failure = derived.failure;
    }
    return derived.outcome;
  }

 private:
  std::size_t index_;
};

namespace {

class TopicOperation final : public Operation {
  Outcome run(EvaluationContext& context, Value& result) const override {
    put(result, context.topic);
    return Outcome::ok;
  }
};

class PartitionOperation final : public Operation {
  Outcome run(EvaluationContext& context, Value& result) const override {
    put(result, context.partition);
    return Outcome::ok;
  }
};

class TimestampOperation final : public Operation {
  Outcome run(EvaluationContext& context, Value& result) const override {
    put(result, context.record->timestamp);
    return Outcome::ok;
  }
};

class OffsetOperation final : public Operation {
 public:
  explicit OffsetOperation(Reject overflow) : overflow_(std::move(overflow)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    int128 offset = context.record->offset.value();
    auto number = static_cast<std::int64_t>(offset);
    if (number != offset) return reject_with(context, overflow_);
    put(result, number);
    return Outcome::ok;
  }

 private:
  Reject overflow_;  // Only other sources than Kafka have such offsets.
};

// Bytes that come from outside any format: they are text only if Postgres can hold them as such.
class BytesOperation : public Operation {
 public:
  BytesOperation(const Compiler& compiler, const std::string& what)
      : bad_utf8_(compiler.reject(reason::bad_utf8, what + " is not UTF-8")),
        nul_(compiler.reject(reason::nul_character, what + " holds a NUL character")) {}

 protected:
  Outcome text(EvaluationContext& context, std::string_view bytes, Value& result) const {
    if (bytes.find('\0') != std::string_view::npos) return reject_with(context, nul_);
    if (!is_valid_utf8(bytes)) return reject_with(context, bad_utf8_);
    put(result, bytes);
    return Outcome::ok;
  }

 private:
  Reject bad_utf8_;
  Reject nul_;
};

class KeyOperation final : public BytesOperation {
 public:
  explicit KeyOperation(const Compiler& compiler)
      : BytesOperation(compiler, "the record's key") {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    if (context.record->key) return text(context, *context.record->key, result);
    result = Value::null();
    return Outcome::ok;
  }
};

// The last header of a name counts, as for Kafka's own lastHeader().
class HeaderOperation final : public BytesOperation {
 public:
  HeaderOperation(const Compiler& compiler, std::string name)
      : BytesOperation(compiler, "the header " + name), name_(std::move(name)) {}
  Outcome run(EvaluationContext& context, Value& result) const override {
    if (!context.headers_read) {
      context.headers.clear();
      if (context.record->headers != nullptr)
        context.record->headers->read(context.record->native, context.headers);
      context.headers_read = true;
    }
    for (auto header = context.headers.rbegin(); header != context.headers.rend(); ++header) {
      if (header->name != name_) continue;
      if (header->value) return text(context, *header->value, result);
      result = Value::null();
      return Outcome::ok;
    }
    result = Value::missing();
    return Outcome::ok;
  }

 private:
  std::string name_;
};

class LookupOperation final : public Operation {
 public:
  LookupOperation(std::size_t lookup, std::size_t slot, OperationPtr key, Reject null_key,
                  Reject miss)
      : lookup_(lookup),
        slot_(slot),
        key_(std::move(key)),
        null_key_(std::move(null_key)),
        miss_(std::move(miss)) {}

  Outcome run(EvaluationContext& context, Value& result) const override {
    Value key;
    if (Outcome outcome = key_->run(context, key); outcome != Outcome::ok) return outcome;
    if (key.absent()) return reject_with(context, null_key_);
    const LookupBinding& binding = context.lookups[lookup_];
    std::int64_t row = binding.table->find(key.string());
    if (row < 0) return miss(context, binding.on_miss, result);
    const auto found = static_cast<std::size_t>(row);
    const std::size_t column = binding.columns[slot_];
    if (binding.table->is_null(found, column)) {
      result = Value::null();
    } else {
      put(result, binding.table->cell(found, column));
    }
    return Outcome::ok;
  }

 private:
  Outcome miss(EvaluationContext& context, OnMiss on_miss, Value& result) const {
    switch (on_miss) {
      case OnMiss::keep: result = Value::missing(); return Outcome::ok;
      case OnMiss::drop: return Outcome::drop;
      case OnMiss::dead_letter: return reject_with(context, miss_);
      case OnMiss::stop: context.failure = &miss_; return Outcome::stop;
    }
    return reject_with(context, miss_);
  }

  std::size_t lookup_;
  std::size_t slot_;
  OperationPtr key_;
  Reject null_key_;
  Reject miss_;
};

}  // namespace

OperationPtr Compiler::compile_path(const Node& node) const {
  switch (node.binding) {
    case Node::Binding::field: return std::make_unique<FieldOperation>(node.index);
    case Node::Binding::derive: return std::make_unique<DeriveOperation>(node.index);
    case Node::Binding::topic: return std::make_unique<TopicOperation>();
    case Node::Binding::partition: return std::make_unique<PartitionOperation>();
    case Node::Binding::timestamp: return std::make_unique<TimestampOperation>();
    case Node::Binding::offset:
      return std::make_unique<OffsetOperation>(
          reject(reason::overflow, "the record's offset does not fit into 64 bits"));
    case Node::Binding::key: return std::make_unique<KeyOperation>(*this);
    case Node::Binding::headers: return std::make_unique<HeaderOperation>(*this, node.parts[1]);
    case Node::Binding::none: break;
  }
  CHECK(false, "typing binds every path");
  return nullptr;
}

OperationPtr Compiler::compile_lookup(const Node& node) const {
  const Node& key = *node.operands[0];
  return std::make_unique<LookupOperation>(
      node.index, node.slot, compile(key), null_operand(key, node),
      reject(reason::lookup_miss,
             "the lookup " + node.parts[0] + " has no row for " + excerpt(key)));
}

}  // namespace tallymill::expression
