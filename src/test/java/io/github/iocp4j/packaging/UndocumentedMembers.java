package io.github.iocp4j.packaging;

import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.ModuleTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// Finds what a user sees and no comment explains: modules, packages, and public and protected types, members
/// and record components. What overrides needs no comment. Sources are parsed only.
///
/// The compiler's doclint can't be asked for that alone: its group `missing` wants a tag for each parameter and
/// result too, also where the sentence has said it.
final class UndocumentedMembers extends TreePathScanner<Void, String> {
    private final List<String> found = new ArrayList<>();
    private final DocTrees trees;

    private UndocumentedMembers(DocTrees trees) {
        this.trees = trees;
    }

    static List<String> of(Iterable<? extends JavaFileObject> sources) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, sources);
        var finder = new UndocumentedMembers(DocTrees.instance(task));
        for (var unit : task.parse()) {
            finder.scan(unit, String.valueOf(unit.getPackageName()));
        }
        return finder.found;
    }

    @Override
    public @Nullable Void visitModule(ModuleTree tree, String owner) {
        check(tree.getName().toString());
        return null;
    }

    @Override
    public @Nullable Void visitPackage(PackageTree tree, String owner) {
        if (getCurrentPath().getCompilationUnit().getTypeDecls().isEmpty()) {
            check(owner);
        }
        return null;
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, String owner) {
        if (!isVisible(tree.getModifiers())) {
            return null;
        }
        String name = owner + "." + tree.getSimpleName();
        check(name);
        boolean constructed = tree.getMembers().stream()
                .anyMatch(member ->
                        member instanceof MethodTree method && method.getName().contentEquals("<init>"));
        if (tree.getKind() == Kind.CLASS && !constructed) {
            found.add(name + ", default constructor");
        }
        if (tree.getKind() == Kind.RECORD) {
            checkComponents(tree, name);
        }
        for (Tree member : tree.getMembers()) {
            scan(member, name);
        }
        return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree tree, String owner) {
        boolean overrides = tree.getModifiers().getAnnotations().stream()
                .anyMatch(
                        annotation -> annotation.getAnnotationType().toString().equals("Override"));
        if (isVisible(tree.getModifiers()) && !overrides) {
            check(owner + "." + tree.getName());
        }
        return null;
    }

    @Override
    public @Nullable Void visitVariable(VariableTree tree, String owner) {
        if (isVisible(tree.getModifiers())) {
            check(owner + "." + tree.getName());
        }
        return null;
    }

    private void checkComponents(ClassTree tree, String name) {
        var comment = trees.getDocCommentTree(getCurrentPath());
        for (Tree member : tree.getMembers()) {
            if (member instanceof VariableTree component
                    && !component.getModifiers().getFlags().contains(Modifier.STATIC)
                    && (comment == null
                            || comment.getBlockTags().stream()
                                    .noneMatch(tag -> tag instanceof ParamTree param
                                            && param.getName().getName().contentEquals(component.getName())))) {
                found.add(name + ", component " + component.getName());
            }
        }
    }

    private void check(String name) {
        String comment = trees.getDocComment(getCurrentPath());
        if (comment == null || comment.isBlank()) {
            found.add(name);
        }
    }

    /// Of an interface, members are public unless they say otherwise.
    private boolean isVisible(ModifiersTree modifiers) {
        Set<Modifier> flags = modifiers.getFlags();
        TreePath member = getCurrentPath();
        boolean ofInterface = member.getParentPath().getLeaf() instanceof ClassTree type
                && (type.getKind() == Kind.INTERFACE || type.getKind() == Kind.ANNOTATION_TYPE);
        return flags.contains(Modifier.PUBLIC)
                || flags.contains(Modifier.PROTECTED)
                || (ofInterface && !flags.contains(Modifier.PRIVATE));
    }
}
