//===- InterpreterTest.cpp - Reference evaluation of functions ------------===//

#include "compiler/Driver/Interpreter.h"
#include "compiler/Driver/ValueText.h"
#include "compiler/Registration/Registration.h"
#include "compiler/Support/ModelError.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace sluice;

namespace {

class InterpreterTest : public testing::Test {
protected:
  InterpreterTest() {
    mlir::DialectRegistry registry;
    registerDialects(registry);
    context.appendDialectRegistry(registry);
  }

  mlir::func::FuncOp parse(llvm::StringRef body) {
    module = mlir::parseSourceString<mlir::ModuleOp>(body, &context);
    EXPECT_TRUE(!!module);
    return *module->getOps<mlir::func::FuncOp>().begin();
  }

  HostTensor floats(llvm::StringRef text) {
    return *parseValue(text, ElementKind::F32);
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

constexpr const char *addTwice = R"(
  func.func @main(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
    %c = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %0 = graph.add %x, %c : tensor<2xf32>
    %1 = graph.add %0, %0 : tensor<2xf32>
    return %1, %x : tensor<2xf32>, tensor<2xf32>
  })";

TEST_F(InterpreterTest, ComputesAndObserves) {
  mlir::func::FuncOp function = parse(addTwice);
  std::vector<std::string> seen;
  auto results = interpret(function, {floats("[10, 20]")},
                           [&](mlir::OpResult, const HostTensor &v) {
                             seen.push_back(formatValue(v));
                           });
  ASSERT_TRUE(!!results) << errorText(results.takeError());
  EXPECT_EQ(formatValue((*results)[0]), "[22. 44.]");
  EXPECT_EQ(formatValue((*results)[1]), "[10. 20.]");
  EXPECT_EQ(seen, (std::vector<std::string>{"[11. 22.]", "[22. 44.]"}));
}

TEST_F(InterpreterTest, ReadsWhatTheObserverLeaves) {
  mlir::func::FuncOp function = parse(addTwice);
  bool isFirst = true;
  auto results = interpret(function, {floats("[10, 20]")},
                           [&](mlir::OpResult, HostTensor &v) {
                             if (isFirst)
                               v = floats("[1, 2]");
                             isFirst = false;
                           });
  ASSERT_TRUE(!!results) << errorText(results.takeError());
  EXPECT_EQ(formatValue((*results)[0]), "[2. 4.]");
}

TEST_F(InterpreterTest, RefusesWrongInputs) {
  mlir::func::FuncOp function = parse(addTwice);
  auto count = interpret(function, {});
  EXPECT_NE(errorText(count.takeError()).find("0 inputs are given, expected 1"),
            std::string::npos);
  auto shape = interpret(function, {floats("[1,2,3]")});
  EXPECT_NE(errorText(shape.takeError()).find("input 0 has shape [3]"),
            std::string::npos);
}

TEST_F(InterpreterTest, RefusesWhatItCannotEvaluate) {
  mlir::func::FuncOp function = parse(R"(
    func.func @main(%x: f32) -> f32 {
      %0 = arith.addf %x, %x : f32
      return %0 : f32
    })");
  auto results = interpret(function, {floats("1")});
  EXPECT_FALSE(!!results);
  llvm::consumeError(results.takeError());
}

TEST_F(InterpreterTest, NamesNodes) {
  auto op = mlir::NameLoc::get(mlir::StringAttr::get(&context, "Conv2D"));
  auto node = mlir::NameLoc::get(mlir::StringAttr::get(&context, "a/b"), op);
  NodeName name = getNodeName(mlir::FusedLoc::get(&context, {node, op}));
  EXPECT_EQ(name.node, "a/b");
  EXPECT_EQ(name.op, "Conv2D");
  EXPECT_EQ(getNodeName(mlir::UnknownLoc::get(&context)).node, "");
}

} // namespace
