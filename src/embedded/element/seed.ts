import type { Assembly, Catalogue } from "./catalogue.ts";

/** Fixed, so that a manifest can name them. */
export const SEED = {
  spaces: {
    development: "5b000000-0000-4000-8000-000000000001",
    production: "5b000000-0000-4000-8000-000000000002",
  },
  projects: {
    shop: "5b000000-0000-4000-8000-000000000011",
    warehouse: "5b000000-0000-4000-8000-000000000012",
  },
  userLists: {
    staff: "5b000000-0000-4000-8000-000000000021",
    partners: "5b000000-0000-4000-8000-000000000022",
  },
} as const;

const VERSIONS = ["1.0-9", "1.0-10", "1.0-42", "1.0-43"];
export const BROKEN_VERSION = "1.0-43";
export const COMPILE_ERROR =
  "Модуль.xbsl [17:5]: Ошибка компиляции: переменная «Остаток» не определена";
/** Of the first assembly of a project; the others follow it. */
const FIRST_ASSEMBLY = 101;
const CREATED_AT = "2026-01-12T09:00:00Z";

/** What is there before anybody does anything. */
export function fillCatalogue(catalogue: Catalogue): void {
  const { spaces, projects, userLists } = SEED;
  const owner = "Пример ООО";
  const common = { owner, createdAt: CREATED_AT, applicationsQuota: undefined };
  catalogue.spaces.set(spaces.development, {
    ...common,
    id: spaces.development,
    name: "Разработка",
  });
  catalogue.spaces.set(spaces.production, { ...common, id: spaces.production, name: "Продуктив" });
  const developer = { developer: owner, createdAt: CREATED_AT };
  catalogue.projects.set(projects.shop, {
    ...developer,
    id: projects.shop,
    spaceId: spaces.development,
    name: "Магазин",
    code: "Shop",
  });
  catalogue.projects.set(projects.warehouse, {
    ...developer,
    id: projects.warehouse,
    spaceId: spaces.production,
    name: "Склад",
    code: "Warehouse",
  });
  catalogue.userLists.set(userLists.staff, {
    id: userLists.staff,
    presentation: "Сотрудники",
    spaceId: spaces.development,
  });
  catalogue.userLists.set(userLists.partners, {
    id: userLists.partners,
    presentation: "Партнеры",
    spaceId: spaces.production,
  });
  addAssemblies(catalogue, projects.shop, FIRST_ASSEMBLY);
  addAssemblies(catalogue, projects.warehouse, FIRST_ASSEMBLY + VERSIONS.length);
}

function addAssemblies(catalogue: Catalogue, projectId: string, first: number): void {
  for (const [index, version] of VERSIONS.entries()) {
    const assembly: Assembly = {
      id: `5b000000-0000-4000-8000-000000000${first + index}`,
      projectId,
      version,
      createdAt: CREATED_AT,
      compileError: version === BROKEN_VERSION ? COMPILE_ERROR : undefined,
      runtimeError: undefined,
    };
    catalogue.assemblies.set(assembly.id, assembly);
  }
}
