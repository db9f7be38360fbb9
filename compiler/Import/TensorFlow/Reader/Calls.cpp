//===- Calls.cpp - Enter function calls -----------------------------------===//

#include "compiler/Import/TensorFlow/Reader/Flattener.h"

namespace sluice {
namespace tensorflow {

/// Reading has no effect, so a function that lists it as one asks for nothing.
static bool isPlainRead(llvm::StringRef op) {
  return op == "ReadVariableOp" || op == "Const" || op == "Placeholder" ||
         op == "VarHandleOp" || op == "VarIsInitializedOp";
}

/// Operators with effects, for functions from before control_ret.
static bool hasEffect(llvm::StringRef op) {
  return op == "Assert" || op == "StatefulPartitionedCall" ||
         op.starts_with("Assign") || op.starts_with("Print") ||
         op.starts_with("ResourceApply") ||
         op.starts_with("ResourceSparseApply") ||
         op.starts_with("ResourceScatter");
}

/// Types, number of inputs and outputs of a call against its function.
llvm::Error Flattener::checkCall(const Scope &caller, const tf::NodeDef &call,
                                 const tf::FunctionDef &function,
                                 const CallAttrs &attrs) const {
  const tf::OpDef &signature = function.signature();
  const Body &body = *caller.body;
  int given = 0;
  for (const std::string &input : call.input())
    given += input.empty() || input[0] != '^';
  if (given != signature.input_arg_size())
    return library.error(body, call,
                         "calls function '" + signature.name() +
                             "', which takes " +
                             llvm::Twine(signature.input_arg_size()) +
                             " inputs, with " + llvm::Twine(given));
  if (!isPartitionedCall(call.op()))
    return llvm::Error::success();
  auto checkTypes = [&](llvm::StringRef attribute,
                        const auto &args) -> llvm::Error {
    const tf::AttrValue *value = findAttr(call.attr(), attribute);
    if (!value)
      return llvm::Error::success();
    if (!value->has_list() || value->list().type_size() != args.size())
      return library.error(body, call,
                           "must list " + llvm::Twine(args.size()) +
                               " types as function '" + signature.name() +
                               "' does, got " +
                               llvm::Twine(value->list().type_size()),
                           attribute);
    for (int i = 0; i < args.size(); ++i) {
      int type = args.Get(i).type();
      if (!args.Get(i).type_attr().empty()) {
        const tf::AttrValue *bound = attrs.find(args.Get(i).type_attr());
        type = bound && bound->has_type() ? int(bound->type()) : DT_INVALID;
      }
      int listed = value->list().type(i);
      if (type != DT_INVALID && listed != type)
        return library.error(
            body, call,
            "lists " + dataTypeName(listed) + " at " + llvm::Twine(i) +
                ", but '" + args.Get(i).name() + "' of function '" +
                signature.name() + "' is " + dataTypeName(type),
            attribute);
    }
    return llvm::Error::success();
  };
  if (llvm::Error wrong = checkTypes("Tin", signature.input_arg()))
    return wrong;
  return checkTypes("Tout", signature.output_arg());
}

llvm::Expected<uint32_t> Flattener::enter(uint32_t scope, uint32_t node) {
  Scope &caller = scopes[scope];
  auto it = caller.callee.find(node);
  if (it != caller.callee.end())
    return it->second;
  llvm::Expected<const tf::NodeDef *> call = definition(caller, node);
  if (!call)
    return call.takeError();
  llvm::Expected<const tf::FunctionDef *> function =
      library.callee(**call, *caller.body);
  if (!function)
    return function.takeError();
  // A function given as `$f` escapes the check for recursion by names.
  if (caller.depth >= data->budgets.callDepth)
    return makeFileError(data->file,
                         "functions call each other more than " +
                             llvm::Twine(data->budgets.callDepth) +
                             " deep; the limit was passed in function '" +
                             caller.body->name() + "'",
                         ErrorKind::Limit,
                         "raise the limit on the depth of calls");
  llvm::Expected<const Body *> body = library.functionBody(**function);
  if (!body)
    return body.takeError();
  CallAttrs attrs;
  attrs.function = *function;
  attrs.values = &(*call)->attr();
  if (isPartitionedCall((*call)->op()))
    attrs.values = &findAttr((*call)->attr(), "f")->func().attr();
  if (llvm::Error wrong = checkCall(caller, **call, **function, attrs))
    return wrong;
  uint32_t index = static_cast<uint32_t>(scopes.size());
  caller.callee[node] = index;
  Scope &callee = scopes.emplace_back();
  callee.body = *body;
  callee.parent = scope;
  callee.call = node;
  callee.depth = caller.depth + 1;
  callee.prefix = caller.prefix + (*call)->name() + "/";
  callee.attrs = attrs;
  if (llvm::Error over = spend(index))
    return over;
  return index;
}

/// A call whose value is used runs its whole function, effects included.
llvm::Error Flattener::activate(uint32_t scope) {
  if (scopes[scope].active)
    return llvm::Error::success();
  scopes[scope].active = true;
  const Body &body = *scopes[scope].body;
  llvm::SmallVector<uint32_t> wanted(body.controlResults.begin(),
                                     body.controlResults.end());
  if (wanted.empty())
    for (uint32_t i = 0; i < body.size(); ++i)
      if (hasEffect(body.node(i).op()))
        wanted.push_back(i);
  for (uint32_t node : wanted) {
    bool isNode = (node & BodyRef::parameter) == 0;
    if (isNode && isPlainRead(body.node(node).op()))
      continue;
    llvm::Expected<uint32_t> flat = resolveControl(scope, node);
    if (!flat)
      return flat.takeError();
    effects.push_back(*flat);
  }
  return llvm::Error::success();
}

} // namespace tensorflow
} // namespace sluice
